/** The webhook: what arrives there, and the URL under which the world reaches it. */
package io.jobrelay.webhook;
