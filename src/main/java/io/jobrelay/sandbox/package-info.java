/** An API on this machine, to try the relay with; it knows nothing of jobs. */
package io.jobrelay.sandbox;
