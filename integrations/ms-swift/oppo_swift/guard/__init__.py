"""What the plugin refuses, because ms-swift would train on with a normal-looking loss. See docs/ms-swift.md."""
