namespace ExperimentFramework.DataPlane;

/// <summary>Names of experiments with a special meaning.</summary>
public static class ExperimentNames
{
    /// <summary>The experiment name of events that belong to no single experiment, such as <see cref="MetricEvent"/>s: <c>*</c>.</summary>
    public const string All = "*";
}
