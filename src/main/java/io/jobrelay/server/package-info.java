/** What both ports stand on: connections, bodies, answers in pieces. */
package io.jobrelay.server;
