/** What the relay says and understands: the API's documents, times, ids, problems, and secrets kept out of texts. It imports nothing of the relay's. */
package io.jobrelay.protocol;
