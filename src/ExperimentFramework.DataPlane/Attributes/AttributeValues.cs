using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The types that attribute values have in events: string, bool, long, double, decimal, DateTimeOffset, Guid, null, arrays of one of those, and
/// dictionaries of all of them by name. Values of all other types are converted to one of them.
/// </summary>
internal static class AttributeValues
{
    /// <summary>Whether the value is a scalar that events can carry, which is immutable and needs no conversion.</summary>
    public static bool IsScalar(object? value) => value is null or string or bool or long or double or decimal or DateTimeOffset or Guid;

    /// <summary>Returns the culture-invariant text of a scalar, as in JSON.</summary>
    public static string Text(object scalar) => scalar switch
    {
        string text => text,
        bool boolean => boolean ? "true" : "false",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => scalar.GetType().Name,
    };

    /// <summary>Creates an array of the scalars' common type, or of strings if they have none.</summary>
    public static Array ArrayOf(IReadOnlyList<object?> scalars)
    {
        var type = typeof(string);
        var isMixed = false;
        foreach (var scalar in scalars)
        {
            if (scalar is not null)
            {
                isMixed |= type != typeof(string) && type != scalar.GetType();
                type = scalar.GetType();
            }
        }

        isMixed |= type != typeof(string) && scalars.Any(scalar => scalar is string);
        return isMixed ? Texts(scalars)
            : type == typeof(bool) ? Typed<bool>(scalars)
            : type == typeof(long) ? Typed<long>(scalars)
            : type == typeof(double) ? Typed<double>(scalars)
            : type == typeof(decimal) ? Typed<decimal>(scalars)
            : type == typeof(DateTimeOffset) ? Typed<DateTimeOffset>(scalars)
            : type == typeof(Guid) ? Typed<Guid>(scalars)
            : Texts(scalars);
    }

    /// <summary>Whether an array has one of the element types exactly: an array of an enumeration passes as an array of its underlying type.</summary>
    public static bool IsTyped(Type type) =>
        type == typeof(string[]) || type == typeof(bool[]) || type == typeof(long[]) || type == typeof(double[])
        || type == typeof(decimal[]) || type == typeof(DateTimeOffset[]) || type == typeof(Guid[]);

    private static string?[] Texts(IReadOnlyList<object?> scalars) =>
        [.. scalars.Select(scalar => scalar is null ? null : Text(scalar))];

    private static Array Typed<T>(IReadOnlyList<object?> scalars)
        where T : struct =>
        scalars.Contains(null)
            ? scalars.Select(scalar => (T?)scalar).ToArray()
            : scalars.Select(scalar => (T)scalar!).ToArray();
}
