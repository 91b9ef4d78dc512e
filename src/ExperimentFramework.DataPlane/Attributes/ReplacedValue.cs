namespace ExperimentFramework.DataPlane;

/// <summary>
/// A captured value in which the names of types replace what events cannot carry. The pipeline counts the replacements and publishes the value.
/// </summary>
/// <param name="Value">The value in the types that events can carry.</param>
/// <param name="Count">The number of values that were replaced.</param>
internal sealed record ReplacedValue(object? Value, int Count);
