/** What a vendor says and is told, by the members of its profile: requests, answers and their codes, callbacks, states, lists, limits. */
package io.jobrelay.vendor;
