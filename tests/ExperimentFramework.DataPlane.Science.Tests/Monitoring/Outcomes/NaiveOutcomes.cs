namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>What a plan's metrics come to if every event is kept and looked at again for every subject.</summary>
internal sealed class NaiveOutcomes(AnalysisPlan plan)
{
    private readonly List<(DataPlaneEvent Payload, Guid Id, DateTimeOffset Arrived)> _events = [];

    public void Observe(DataPlaneEvent payload, Guid id, DateTimeOffset now) => _events.Add((payload, id, now));

    /// <summary>The values of mature subjects by version and variant, per metric name.</summary>
    public Dictionary<(string Metric, string Version, string Variant), List<double>> At(DateTimeOffset now)
    {
        Dictionary<(string, string, string), List<double>> result = [];
        var exposures = _events
            .Where(static each => each.Payload is ExposureEvent { SubjectId: not null, AllocationVersion: not null })
            .GroupBy(static each => ((ExposureEvent)each.Payload).SubjectId)
            .Select(static group => group.First());
        foreach (var (payload, _, arrived) in exposures)
        {
            var exposure = (ExposureEvent)payload;
            foreach (var metric in plan.Metrics.Where(metric => now - arrived >= metric.Definition.Window))
            {
                HashSet<object> seen = [];
                List<double> values = [];
                foreach (var (other, id, at) in _events.Where(each => each.Arrived - arrived <= metric.Definition.Window && each.Arrived >= arrived))
                {
                    if (other is MetricEvent { } measured
                        && measured.MetricName == metric.Name
                        && (measured.SubjectId, measured.SubjectType, measured.TenantId) == SubjectOf(exposure)
                        && double.IsFinite(measured.Value)
                        && metric.Definition.IsInWindow(exposure.Timestamp, measured.Timestamp)
                        && seen.Add(measured.IdempotencyKey is { } key ? (measured.TenantId, key) : id))
                    {
                        values.Add(measured.Value);
                    }
                }

                var scale = metric.Definition.Scale;
                if ((metric.Definition with { Scale = MetricScale.Linear }).SubjectValue([.. values]) is { } value && (scale == MetricScale.Linear || value > 0))
                {
                    var key = (metric.Name, exposure.AllocationVersion!, exposure.AssignedVariantKey ?? exposure.VariantKey);
                    if (!result.TryGetValue(key, out var all))
                    {
                        result[key] = all = [];
                    }

                    all.Add(scale == MetricScale.Linear ? value : Math.Log(value));
                }
            }
        }

        return result;
    }

    private static (string?, string?, string?) SubjectOf(ExposureEvent exposure) => (exposure.SubjectId, exposure.SubjectType, exposure.TenantId);
}
