namespace ExperimentFramework.DataPlane;

/// <summary>The sampling of one experiment under the options in force now.</summary>
internal sealed class CurrentSampling
{
    private SubjectSampling _value = null!;

    public CurrentSampling(string experimentName, CurrentOptions options, Func<DataPlaneOptions, double> rateUnder) =>
        options.OnChange(taken => Volatile.Write(ref _value, new SubjectSampling(experimentName, rateUnder(taken))));

    public SubjectSampling Value => Volatile.Read(ref _value);
}
