namespace ExperimentFramework.DataPlane;

/// <summary>The settings in force for one experiment: the trial takes precedence over the attribute, the attribute over the options.</summary>
internal sealed record ExposureSettings(string ExperimentName, bool IsEnabled, ExposureSemantics Semantics, int MaxAttributeLength);
