using Parquet.Serialization.Attributes;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>The same columns as a class that Parquet.Net's serializer writes.</summary>
internal sealed class ExposureRow
{
    public Guid EventId { get; set; }

    [ParquetTimestamp(ParquetTimestampResolution.Microseconds)]
    public DateTime Ts { get; set; }

    public string Experiment { get; set; } = "";

    public string Variant { get; set; } = "";

    public string? AssignedVariant { get; set; }

    public string Arm { get; set; } = "";

    public string? SubjectId { get; set; }

    public string? SubjectType { get; set; }

    public string? TenantId { get; set; }

    public string SelectionReason { get; set; } = "";

    public string? RulePath { get; set; }

    public string AssignmentPolicy { get; set; } = "";

    public string? AllocationVersion { get; set; }

    public bool IsRepeatExposure { get; set; }

    public double SamplingRate { get; set; }

    public Guid? VariantBuild { get; set; }

    public Dictionary<string, string>? Attributes { get; set; }

    public string? AttributeTypes { get; set; }

    public string SchemaVersion { get; set; } = "";

    public string? CorrelationId { get; set; }

    public string? SpanId { get; set; }

    public static ExposureRow Of(DataPlaneEnvelope envelope)
    {
        var exposure = (ExposureEvent)envelope.Payload;
        return new ExposureRow
        {
            EventId = envelope.EventId,
            Ts = envelope.Timestamp.UtcDateTime,
            Experiment = exposure.ExperimentName,
            Variant = exposure.VariantKey,
            AssignedVariant = exposure.AssignedVariantKey,
            Arm = exposure.AssignedVariantKey ?? exposure.VariantKey,
            SubjectId = exposure.SubjectId,
            SubjectType = exposure.SubjectType,
            TenantId = exposure.TenantId,
            SelectionReason = exposure.SelectionReason,
            RulePath = exposure.RulePath,
            AssignmentPolicy = exposure.AssignmentPolicy == DataPlane.AssignmentPolicy.BestEffort ? "BestEffort" : "other",
            AllocationVersion = exposure.AllocationVersion,
            IsRepeatExposure = exposure.IsRepeatExposure,
            SamplingRate = exposure.SamplingRate,
            VariantBuild = exposure.VariantBuild,
            Attributes = exposure.Attributes?.ToDictionary(entry => entry.Key, entry => entry.Value as string ?? "7"),
            AttributeTypes = """{"items":"long"}""",
            SchemaVersion = envelope.SchemaVersion,
            CorrelationId = envelope.CorrelationId,
            SpanId = envelope.SpanId,
        };
    }
}
