/** The HTTP client: every call out is bounded in time and size. */
package io.jobrelay.client;
