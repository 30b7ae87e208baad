/** Outcomes on their way to the sinks. */
package io.jobrelay.forward;
