namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Files cannot be merged by their times as they are: their events have to be sorted.</summary>
internal sealed class NotMergeableException : Exception;
