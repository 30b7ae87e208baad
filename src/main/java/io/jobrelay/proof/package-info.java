/** What proves that a callback is the vendor's, signed and verified by the same lines. */
package io.jobrelay.proof;
