namespace ExperimentFramework.DataPlane.Science;

/// <summary>The experiments whose plan names a metric, so that a metric costs nothing where it is not planned.</summary>
internal sealed class MetricReaders
{
    private readonly Dictionary<string, MonitoredExperiment[]> _byMetric = new(StringComparer.Ordinal);

    /// <summary>The experiments that read a metric.</summary>
    public MonitoredExperiment[] Of(string metric) => _byMetric.GetValueOrDefault(metric, []);

    /// <summary>Notes the metrics that an experiment reads now.</summary>
    public void Set(MonitoredExperiment experiment)
    {
        HashSet<string> names = new(experiment.MetricNames, StringComparer.Ordinal);
        foreach (var (name, readers) in _byMetric.ToArray())
        {
            if (!names.Contains(name) && readers.Contains(experiment))
            {
                MonitoredExperiment[] others = [.. readers.Where(reader => reader != experiment)];
                if (others.Length == 0)
                {
                    _byMetric.Remove(name);
                }
                else
                {
                    _byMetric[name] = others;
                }
            }
        }

        foreach (var name in names)
        {
            var readers = _byMetric.GetValueOrDefault(name, []);
            _byMetric[name] = readers.Contains(experiment) ? readers : [.. readers, experiment];
        }
    }
}
