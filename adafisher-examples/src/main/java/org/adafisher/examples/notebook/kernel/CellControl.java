package org.adafisher.examples.notebook.kernel;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jshell.execution.DirectExecutionControl;

/**
 * Runs snippets in this process, on a thread of their own: native libraries load once, the kernel
 * gets the value itself, not its text, and what does not end can be stopped.
 */
final class CellControl extends DirectExecutionControl {

  /** JShell makes a class of every snippet, and at times of a snippet another one. */
  private final Map<String, Field> variables = new HashMap<>();

  private final Map<String, List<Field>> replaced = new HashMap<>();
  private Object value;
  private CellThread thread = new CellThread();
  private boolean inCell;
  private boolean interrupted;

  /** The value of the last snippet that ran since the last call; null for none. */
  Object takeValue() {
    Object taken = value;
    value = null;
    return taken;
  }

  /**
   * Gives a variable the value that it had before its class was replaced. JShell does so when an
   * import may change what a name means, and forgets the value.
   */
  void keepValue(String variable) {
    Field now = variables.get(variable);
    replaced.getOrDefault(variable, List.of()).stream()
        .limit(1) // the later ones never had it
        .filter(before -> before.getType() == now.getType())
        .forEach(before -> set(now, get(before)));
  }

  /** Lets go of the values of variables that have been replaced. */
  void forgetReplaced() {
    replaced.values().stream()
        .flatMap(List::stream)
        .filter(field -> !field.getType().isPrimitive())
        .forEach(field -> set(field, null));
    replaced.clear();
  }

  @Override
  public void load(ClassBytecodes[] classes)
      throws ClassInstallException, NotImplementedException, EngineTerminationException {
    super.load(classes);
    for (ClassBytecodes one : classes) {
      for (Field field : loaded(one.name()).getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
          field.setAccessible(true); // the class is not public
          Field before = variables.put(field.getName(), field);
          if (before != null) {
            replaced.computeIfAbsent(field.getName(), name -> new ArrayList<>()).add(before);
          }
        }
      }
    }
  }

  /** Begins a cell, whose snippets an interrupt ends. */
  synchronized void beginCell() {
    inCell = true;
    interrupted = false;
  }

  /** Ends a cell; until the next one begins an interrupt ends nothing. */
  synchronized void endCell() {
    inCell = false;
  }

  /** Ends the snippet that runs, if one does, and keeps the rest of its cell from running. */
  @Override
  public void stop() {
    CellThread now;
    synchronized (this) {
      if (!inCell) {
        return;
      }
      interrupted = true;
      now = thread;
    }
    now.interrupt();
  }

  @Override
  public void close() {
    thread.close();
    super.close();
  }

  @Override
  protected String invoke(Method method) throws Exception {
    try {
      CellThread now = usableThread();
      value = now.run(() -> method.invoke(null));
    } catch (InterruptedException e) { // JShell tells of what the snippet throws alone
      throw new InvocationTargetException(e);
    }
    return ""; // the text of a value, which nobody reads here and an array takes long to make
  }

  private synchronized CellThread usableThread() throws InterruptedException {
    if (interrupted) {
      throw new InterruptedException("the cell was interrupted");
    }
    if (thread.isStopped()) {
      thread.close();
      thread = new CellThread();
    }
    return thread;
  }

  private Class<?> loaded(String name) {
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) { // it has just been loaded
      throw new IllegalStateException(e);
    }
  }

  private static Object get(Field field) {
    try {
      return field.get(null);
    } catch (IllegalAccessException e) { // it was made accessible
      throw new IllegalStateException(e);
    }
  }

  private static void set(Field field, Object value) {
    try {
      field.set(null, value);
    } catch (IllegalAccessException e) { // likewise, and JShell makes nothing final
      throw new IllegalStateException(e);
    }
  }
}
