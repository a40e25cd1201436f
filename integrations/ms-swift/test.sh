#!/usr/bin/env bash
# Tests of the ms-swift plugin in a Python environment of their own, kept between runs under
# ${OPPO_CACHE:-~/.cache/oppo} by a hash of tests/requirements.txt. Arguments go to pytest:
# `npm run test:ms-swift -- -m "not e2e"` leaves out the training runs.
set -euo pipefail
cd "$(dirname "$0")"

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
  echo "test:ms-swift needs Python 3.10 or newer: PYTHON=/path/to/python3 npm run test:ms-swift" >&2
  exit 1
fi

key=$({ "$python" --version; cat tests/requirements.txt; } | sha256sum | cut -c1-12)
venv=${OPPO_CACHE:-$HOME/.cache/oppo}/ms-swift-$key
if [ ! -e "$venv/complete" ]; then
  echo "making the Python environment $venv (about 3 GB, some minutes)"
  rm -rf "$venv"
  "$python" -m venv "$venv"
  # torch alone and first: if a build without CUDA is at hand, nothing later asks for another one.
  "$venv/bin/pip" install --quiet --quiet "$(grep '^torch==' tests/requirements.txt)"
  "$venv/bin/pip" install --quiet --quiet -r tests/requirements.txt
  # librosa reads the sound of an mp4 with the program ffmpeg; a wheel brings one.
  ln -sf "$("$venv/bin/python" -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')" "$venv/bin/ffmpeg"
  touch "$venv/complete"
fi

export PATH="$venv/bin:$PATH" PYTHONPATH="$PWD:$PWD/tests/cpu"
exec "$venv/bin/python" -m pytest "$@"
