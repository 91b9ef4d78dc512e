using System.ComponentModel;
using System.Globalization;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>Formats subject and tenant ids that are not strings. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SubjectIdText
{
    /// <summary>Formats a value with the invariant culture. Never throws: returns null if the value's own formatting does.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>
    /// For example <c>42</c>, or a UUID as 32 lower-case digits in five groups; null for null and for a value that is neither a string
    /// nor <see cref="IFormattable"/>.
    /// </returns>
    public static string? Format<T>(T value)
    {
        try
        {
            return value switch
            {
                string text => text,
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                _ => null,
            };
        }
        catch (Exception)
        {
            return null;
        }
    }
}
