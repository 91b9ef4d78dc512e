using System.Numerics;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The values of a metric by segment: the first segments of a run in order of appearance, and all others together.</summary>
/// <param name="isConversion">Whether each value is 0 or 1.</param>
internal sealed class SegmentSums(bool isConversion)
{
    /// <summary>The index for all segments beyond the first 32.</summary>
    public const int Rest = 32;

    /// <summary>The number of variants that are included. The limit bounds memory, which is multiplied by the number of segments.</summary>
    public const int MaxVariants = 16;

    private readonly MetricSums?[] _sums = new MetricSums?[Rest + 1];

    /// <summary>The values of a segment; null if there are none.</summary>
    public MetricSums? this[int segment] => _sums[segment];

    /// <summary>Adds the value of a subject.</summary>
    /// <param name="segments">A bit mask of its segments.</param>
    /// <param name="version">The version of the weights of its first exposure.</param>
    /// <param name="variant">The variant assigned at that exposure.</param>
    /// <param name="value">Its value.</param>
    public void Add(ulong segments, int version, int variant, double value)
    {
        if (variant >= MaxVariants)
        {
            return;
        }

        for (; segments != 0; segments &= segments - 1)
        {
            (_sums[BitOperations.TrailingZeroCount(segments)] ??= new MetricSums(isConversion)).Add(version, variant, value);
        }
    }

    /// <summary>Removes the values of a version. Its index is reused for another version.</summary>
    public void RetireVersion(int version)
    {
        foreach (var sums in _sums)
        {
            sums?.RetireVersion(version);
        }
    }

    /// <summary>Writes the values.</summary>
    public void Write(BinaryWriter writer)
    {
        foreach (var sums in _sums)
        {
            writer.Write(sums is not null);
            sums?.Write(writer);
        }
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public void Read(BinaryReader reader)
    {
        for (var segment = 0; segment < _sums.Length; segment++)
        {
            if (reader.ReadBoolean())
            {
                (_sums[segment] = new MetricSums(isConversion)).Read(reader);
            }
        }
    }
}
