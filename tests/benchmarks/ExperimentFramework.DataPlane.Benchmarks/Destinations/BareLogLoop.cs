using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>What an application would write to log exposures with these attributes: an array for each, and a Log call.</summary>
internal static class BareLogLoop
{
    public static void Log(ILogger logger, DataPlaneEnvelope[][] batches)
    {
        foreach (var envelope in batches.SelectMany(batch => batch))
        {
            logger.Log(LogLevel.Information, new EventId(0, "feature_flag.evaluation"), Attributes(envelope), null, static (_, _) => "feature_flag.evaluation");
        }
    }

    private static KeyValuePair<string, object?>[] Attributes(DataPlaneEnvelope envelope)
    {
        var exposure = (ExposureEvent)envelope.Payload;
        return
        [
            new("experiment.event.id", envelope.EventId.ToString()),
            new("experiment.event.type", "Exposure"),
            new("experiment.event.schema_version", envelope.SchemaVersion),
            new("experiment.name", exposure.ExperimentName),
            new("feature_flag.key", exposure.ExperimentName),
            new("feature_flag.result.variant", exposure.VariantKey),
            new("feature_flag.result.reason", "split"),
            new("feature_flag.provider.name", "ExperimentFramework.DataPlane"),
            new("feature_flag.context.id", exposure.SubjectId),
            new("feature_flag.version", exposure.AllocationVersion),
            new("experiment.arm", exposure.VariantKey),
            new("experiment.subject.type", exposure.SubjectType),
            new("experiment.selection.reason", exposure.SelectionReason),
            new("experiment.assignment.policy", "BestEffort"),
            new("experiment.exposure.is_repeat", exposure.IsRepeatExposure),
            new("experiment.sampling.rate", exposure.SamplingRate),
            new("experiment.variant.build", exposure.VariantBuild.ToString()),
            new("experiment.attributes.country", exposure.Attributes!["country"]),
            new("experiment.attributes.items", exposure.Attributes["items"]),
        ];
    }
}
