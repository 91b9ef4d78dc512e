namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A column of the names of an enumeration's values. Names that this version does not know are kept.</summary>
/// <param name="name">The column's name.</param>
/// <param name="field">The field's JSON name.</param>
/// <param name="meaning">What the column says.</param>
internal sealed class EnumColumn<TEnum>(string name, string field, string meaning)
    where TEnum : struct, Enum
{
    private string? _latestName;
    private TEnum _latest;

    public TextColumn Column { get; } = new(name, meaning);

    public void Add(TEnum value, DataPlaneEvent source) => Column.Add(EnumText<TEnum>.Of(field, value, source.UnknownValues));

    /// <summary>The value of a row; the default if the column is not read, and an undefined one if the name is unknown, which is then added to <paramref name="unknown"/>.</summary>
    public TEnum Read(int row, ref Dictionary<string, string>? unknown)
    {
        if (Column[row] is not { } text)
        {
            return default;
        }

        if (ReferenceEquals(text, _latestName))
        {
            return _latest;
        }

        if (EnumText<TEnum>.TryParse(text, out var value))
        {
            (_latestName, _latest) = (text, value);
            return value;
        }

        (unknown ??= new Dictionary<string, string>(StringComparer.Ordinal))[field] = text;
        return EnumText<TEnum>.Unknown;
    }
}
