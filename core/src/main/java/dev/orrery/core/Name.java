package dev.orrery.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The stored name of a record component, a record in a sealed family, or an enum constant, where it
 * differs from the Java name.
 *
 * <p>With it a class can be renamed without touching what is stored.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE, ElementType.FIELD})
public @interface Name {
    /** The name in rows, tables and stored bytes. */
    String value();
}
