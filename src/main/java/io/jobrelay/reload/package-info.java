/** Routes that a start chooses, and those that are swapped while the relay runs. */
package io.jobrelay.reload;
