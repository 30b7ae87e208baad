/** The audit: whether nothing accepted is lost. */
package io.jobrelay.audit;
