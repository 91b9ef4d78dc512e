using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>An attribute's value in one of the types that events carry. Never throws: a value is the application's.</summary>
internal static class AttributeValue
{
    public static object? Of(object? value)
    {
        try
        {
            return Canonical(value);
        }
        catch (Exception)
        {
            return value!.GetType().Name;
        }
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
