/** The relay in Spring Boot. */
package io.jobrelay.spring;
