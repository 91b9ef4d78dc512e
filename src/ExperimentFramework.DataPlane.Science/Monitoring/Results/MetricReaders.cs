namespace ExperimentFramework.DataPlane.Science;

/// <summary>The experiments by planned metric, so that a metric event costs nothing for experiments that do not use it.</summary>
internal sealed class MetricReaders
{
    private readonly Dictionary<string, MonitoredExperiment[]> _byMetric = new(StringComparer.Ordinal);

    /// <summary>The experiments that read a metric.</summary>
    public MonitoredExperiment[] Of(string metric) => _byMetric.GetValueOrDefault(metric, []);

    /// <summary>Updates the metrics that an experiment reads.</summary>
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
