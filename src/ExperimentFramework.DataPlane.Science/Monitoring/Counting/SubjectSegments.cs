using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The segments that the subject of an exposure belongs to: each a dimension, such as <c>tenant</c>, and the subject's value. Enumerating them allocates only the strings of values that are not strings.</summary>
/// <param name="exposure">The exposure.</param>
/// <param name="attributes">The attributes whose values are segments.</param>
internal readonly struct SubjectSegments(ExposureEvent exposure, IReadOnlyList<string> attributes)
{
    public Enumerator GetEnumerator() => new(exposure, attributes);

    /// <summary>The name of a segment, as used in counts and snapshots.</summary>
    public static string NameOf(string dimension, string value) => $"{dimension}={value}";

    internal struct Enumerator(ExposureEvent exposure, IReadOnlyList<string> attributes)
    {
        private const int SubjectType = 0;
        private const int Tenant = 1;
        private const int FirstAttribute = 2;

        private int _next;

        public (string Dimension, string Value) Current { get; private set; }

        public bool MoveNext()
        {
            while (_next < FirstAttribute + attributes.Count)
            {
                var (dimension, value) = At(_next++);
                if (value is not null)
                {
                    Current = (dimension, BoundedName.Of(value));
                    return true;
                }
            }

            return false;
        }

        private readonly (string Dimension, string? Value) At(int index) => index switch
        {
            SubjectType => ("subjectType", exposure.SubjectType),
            Tenant => ("tenant", exposure.TenantId),
            _ => (attributes[index - FirstAttribute], exposure.Attributes is { } values && values.TryGetValue(attributes[index - FirstAttribute], out var value) ? TextOf(value) : null),
        };

        private static string? TextOf(object? value) => value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value?.ToString();
    }
}
