/** Route files: read, checked and chosen; nothing is run. */
package io.jobrelay.routes;
