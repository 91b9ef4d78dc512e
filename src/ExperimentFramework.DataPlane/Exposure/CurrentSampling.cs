namespace ExperimentFramework.DataPlane;

/// <summary>The sampling of one experiment under the options in force now: worked out anew at the first call after a reload.</summary>
internal sealed class CurrentSampling
{
    private readonly string _experimentName;
    private readonly CurrentOptions _options;
    private readonly Func<DataPlaneOptions, double> _rateUnder;
    private Worked _last;

    public CurrentSampling(string experimentName, CurrentOptions options, Func<DataPlaneOptions, double> rateUnder)
    {
        _experimentName = experimentName;
        _options = options;
        _rateUnder = rateUnder;
        _last = WorkOut(options.Value);
    }

    public SubjectSampling Value
    {
        get
        {
            var options = _options.Value;
            var last = Volatile.Read(ref _last);
            return ReferenceEquals(last.Options, options) ? last.Sampling : Renew(options);
        }
    }

    private SubjectSampling Renew(DataPlaneOptions options)
    {
        var worked = WorkOut(options);
        Volatile.Write(ref _last, worked);
        return worked.Sampling;
    }

    private Worked WorkOut(DataPlaneOptions options) => new(options, new SubjectSampling(_experimentName, _rateUnder(options)));

    private sealed record Worked(DataPlaneOptions Options, SubjectSampling Sampling);
}
