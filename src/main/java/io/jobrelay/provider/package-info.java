/** What the relay knows of each asynchronous AI API: its profile, one data file, read, held against the rules, and asked by all other rooms. */
package io.jobrelay.provider;
