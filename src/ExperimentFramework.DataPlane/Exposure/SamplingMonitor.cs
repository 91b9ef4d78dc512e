namespace ExperimentFramework.DataPlane;

/// <summary>The sampling of one experiment under the options in force now.</summary>
internal sealed class SamplingMonitor
{
    private SubjectSampling _value = null!;

    public SamplingMonitor(string experimentName, ReloadableOptions options, Func<DataPlaneOptions, double> rateUnder) =>
        options.OnChange(taken => Volatile.Write(ref _value, new SubjectSampling(experimentName, rateUnder(taken))));

    public SubjectSampling Value => Volatile.Read(ref _value);
}
