/** A JSON document of a vendor, read in one pass at the places that a profile names, and the texts and JSON of a profile, filled in. */
package io.jobrelay.document;
