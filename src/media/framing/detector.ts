import type { Picture } from "../orientation.ts";

/** An upright rectangle in pixels, from the picture's top left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Finds faces in one picture at a time. */
export interface FaceDetector {
  /** Boxes from crown to chin, the likeliest first; empty where there is no face. */
  find(picture: Picture): Promise<Box[]>;
}
