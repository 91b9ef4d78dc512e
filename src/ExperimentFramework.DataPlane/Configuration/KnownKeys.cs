using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Refuses configuration that nothing reads: a misspelt redaction rule would let through what it was meant to keep. A subsection with a name of its
/// own may belong to another part.
/// </summary>
internal static class KnownKeys
{
    /// <summary>The options, by name.</summary>
    public static IReadOnlyList<string> OfOptions { get; } =
    [
        nameof(DataPlaneOptions.EnableExposureEvents),
        nameof(DataPlaneOptions.EnableAssignmentEvents),
        nameof(DataPlaneOptions.EnableOutcomeEvents),
        nameof(DataPlaneOptions.EnableAnalysisSignals),
        nameof(DataPlaneOptions.EnableErrorEvents),
        nameof(DataPlaneOptions.ExposureSemantics),
        nameof(DataPlaneOptions.SamplingRate),
        nameof(DataPlaneOptions.RepeatWindow),
        nameof(DataPlaneOptions.RepeatCapacity),
        nameof(DataPlaneOptions.MaxQueueSize),
        nameof(DataPlaneOptions.BatchSize),
        nameof(DataPlaneOptions.FlushInterval),
        nameof(DataPlaneOptions.MaxAttributeLength),
        nameof(DataPlaneOptions.FailureMode),
        nameof(DataPlaneOptions.RequiredDestinations),
        nameof(DataPlaneOptions.BlockTimeout),
        nameof(DataPlaneOptions.PublishTimeout),
        nameof(DataPlaneOptions.ShutdownTimeout),
        nameof(DataPlaneOptions.Retry),
        nameof(DataPlaneOptions.StoreTimeout),
        nameof(DataPlaneOptions.AssignmentCacheDuration),
        nameof(DataPlaneOptions.AssignmentCacheCapacity),
        nameof(DataPlaneOptions.PiiRedaction),
        nameof(DataPlaneOptions.Experiments),
    ];

    /// <summary>The options of retries, by name.</summary>
    public static IReadOnlyList<string> OfRetry { get; } = [nameof(RetryOptions.MaxAttempts), nameof(RetryOptions.BaseDelay), nameof(RetryOptions.MaxDelay)];

    /// <summary>The options of redaction, by name.</summary>
    public static IReadOnlyList<string> OfRedaction { get; } =
    [
        nameof(PiiRedactionOptions.SubjectId),
        nameof(PiiRedactionOptions.TenantId),
        nameof(PiiRedactionOptions.PersonalAttributes),
        nameof(PiiRedactionOptions.Fields),
        nameof(PiiRedactionOptions.RedactFields),
        nameof(PiiRedactionOptions.Placeholder),
        nameof(PiiRedactionOptions.PseudonymKey),
        nameof(PiiRedactionOptions.PseudonymKeyId),
    ];

    /// <summary>The options of one experiment, by name.</summary>
    public static IReadOnlyList<string> OfExperiment { get; } =
    [
        nameof(ExperimentOptions.SamplingRate),
        nameof(ExperimentOptions.ExposureSemantics),
        nameof(ExperimentOptions.RepeatWindow),
        nameof(ExperimentOptions.RepeatCapacity),
    ];

    /// <summary>Checks the section.</summary>
    /// <exception cref="InvalidOperationException">It holds a key that nothing reads; the message names it and those that there are.</exception>
    public static void Check(IConfigurationSection section)
    {
        Check(section.GetChildren().Where(child => child.Value is not null), OfOptions);
        Check(section.GetSection(nameof(DataPlaneOptions.PiiRedaction)).GetChildren(), OfRedaction);
        Check(section.GetSection(nameof(DataPlaneOptions.Retry)).GetChildren(), OfRetry);
        foreach (var experiment in section.GetSection(nameof(DataPlaneOptions.Experiments)).GetChildren())
        {
            Check(experiment.GetChildren(), OfExperiment);
        }
    }

    private static void Check(IEnumerable<IConfigurationSection> children, IReadOnlyList<string> known)
    {
        if (children.FirstOrDefault(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new InvalidOperationException($"The configuration has '{unknown.Path}', which nothing reads; known there are {string.Join(", ", known)}.");
        }
    }
}
