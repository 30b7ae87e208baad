/** The two ports: who may ask what, and what is answered that reaches no route. */
package io.jobrelay.port;
