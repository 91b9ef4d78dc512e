namespace ExperimentFramework.DataPlane;

/// <summary>
/// A value on its way to the pipeline in which type names stand in for what events cannot carry. The pipeline counts it and takes the value.
/// </summary>
/// <param name="Value">The value in the types of events.</param>
/// <param name="Count">How many values were replaced.</param>
internal sealed record ReplacedValue(object? Value, int Count);
