/** Calls of the API: token, budget, answers. */
package io.jobrelay.api;
