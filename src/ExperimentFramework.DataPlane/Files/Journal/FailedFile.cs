namespace ExperimentFramework.DataPlane;

/// <summary>What could not be done while a folder of event files was maintained.</summary>
/// <param name="File">The path; null if it is the whole folder.</param>
/// <param name="Exception">Why.</param>
/// <param name="IsOwnText">Whether the exception's message is one of the data plane, with the file and the remedy.</param>
internal readonly record struct FailedFile(string? File, Exception Exception, bool IsOwnText = false);
