/** How work goes on: claims, wake-ups, groups that share a commit, threads that wait for somebody outside. */
package io.jobrelay.flow;
