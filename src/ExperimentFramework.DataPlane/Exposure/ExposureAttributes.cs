using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The attribute values of one call, in the types that events carry. Never throws: a value is the application's.</summary>
internal static class ExposureAttributes
{
    public static Dictionary<string, object?> Add<T>(Dictionary<string, object?>? attributes, string name, T value)
    {
        attributes ??= new Dictionary<string, object?>(StringComparer.Ordinal);
        try
        {
            attributes[name] = Canonical(value);
        }
        catch (Exception)
        {
            attributes[name] = value!.GetType().Name;
        }

        return attributes;
    }

    private static object? Canonical(object? value) => value switch
    {
        null or string or bool or long or double or decimal or DateTimeOffset or Guid => value,
        Enum => value.ToString(),
        sbyte or byte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong number => (decimal)number,
        float number => (double)number,
        char character => character.ToString(),
        DateTime { Kind: DateTimeKind.Local } time => new DateTimeOffset(time.ToUniversalTime()),
        DateTime time => new DateTimeOffset(time.Ticks, TimeSpan.Zero),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.GetType().Name,
    };
}
