/** Jobs: what is asked for, how it is submitted, and how the API is asked for it. */
package io.jobrelay.job;
