namespace ExperimentFramework.DataPlane;

/// <summary>Tracks the sampling of one experiment as its options are reloaded.</summary>
internal sealed class SamplingMonitor
{
    private SubjectSampling _value = null!;

    public SamplingMonitor(string experimentName, ReloadableOptions options, Func<DataPlaneOptions, double> rateUnder) =>
        options.OnChange(current => Volatile.Write(ref _value, new SubjectSampling(experimentName, rateUnder(current))));

    public SubjectSampling Value => Volatile.Read(ref _value);
}
