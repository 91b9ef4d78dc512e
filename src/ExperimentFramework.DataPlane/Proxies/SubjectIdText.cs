using System.ComponentModel;
using System.Globalization;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>The canonical text of subject and tenant ids that are not text. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SubjectIdText
{
    /// <summary>The invariant text of a value. Never throws: a value whose own formatting does has none.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>
    /// For example <c>42</c>, or a UUID as 32 lower-case digits in five groups; null for null and for a value that is neither text
    /// nor formattable.
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
