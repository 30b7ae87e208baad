/** Keys: where they come from and what they take; where route files lie. */
package io.jobrelay.config;
