/** Clocks that are put forward or back, and time that never jumps. */
package io.jobrelay.time;
