/** What the admin port answers about jobs. */
package io.jobrelay.admin;
