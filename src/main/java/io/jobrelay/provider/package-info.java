/** What the relay knows of each asynchronous AI API: its profile, one data file, edited while the relay runs, and asked by all other rooms. */
package io.jobrelay.provider;
