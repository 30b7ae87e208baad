/** Media files that the API fetches. */
package io.jobrelay.media;
