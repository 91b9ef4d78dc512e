using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Decides which subjects are recorded: those whose hash, salted per experiment, is below the sampling rate. A subject is always
/// included or always excluded, on every host; a higher rate only adds subjects; and the hash is independent of the one that assigns variants.
/// </summary>
/// <remarks>
/// XxHash3 over the subject's UTF-16 code units, seeded with XxHash3 of <c>sampling:</c> and the experiment's name. The top
/// 53 bits are the numerator of the unit interval.
/// </remarks>
internal sealed class SubjectSampling
{
    private readonly long _seed;
    private readonly ulong _threshold;

    public SubjectSampling(string experimentName, double rate)
    {
        Rate = rate;
        _seed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes("sampling:" + experimentName));
        _threshold = (ulong)Math.Round(rate * (1UL << 53));
    }

    public double Rate { get; }

    public bool IncludesAll => Rate >= 1;

    /// <summary>Returns whether a subject's events are recorded; those of an unknown subject only if the rate is 1.</summary>
    public bool IsRecorded(string? subjectId) => subjectId is null ? IncludesAll : Includes(subjectId);

    public bool Includes(string subjectId) =>
        IncludesAll || XxHash3.HashToUInt64(MemoryMarshal.AsBytes(subjectId.AsSpan()), _seed) >> 11 < _threshold;
}
