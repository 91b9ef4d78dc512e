namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The table of <see cref="AssignmentEvent"/>s.</summary>
internal sealed class AssignmentTable() : RowPerEvent<AssignmentEvent>("assignments")
{
    private readonly SubjectColumns _subject = new();
    private readonly TextColumn _previousVariant = new("previous_variant", "The variant before.");
    private readonly TextColumn _newVariant = new("new_variant", "The variant from now on.");
    private readonly TextColumn _changeReason = new("change_reason", "Why it changed.");
    private readonly EnumColumn<AssignmentPolicy> _assignmentPolicy = new("assignment_policy", "assignmentPolicy", "The assignment policy in effect.");

    protected override IReadOnlyList<Column> OwnColumns => [.. _subject.All, _previousVariant, _newVariant, _changeReason, _assignmentPolicy.Column];

    protected override void Add(AssignmentEvent source)
    {
        _subject.Add(source.SubjectId, source.SubjectType, source.TenantId);
        _previousVariant.Add(source.PreviousVariantKey);
        _newVariant.Add(source.NewVariantKey);
        _changeReason.Add(source.ChangeReason);
        _assignmentPolicy.Add(source.AssignmentPolicy, source);
    }

    protected override AssignmentEvent ReadEvent(int row)
    {
        Dictionary<string, string>? unknown = null;
        return new AssignmentEvent
        {
            SchemaVersion = SchemaVersion(row),
            ExperimentName = Experiment[row]!,
            Timestamp = Timestamp(row),
            SubjectId = _subject.Id(row),
            SubjectType = _subject.Type(row),
            TenantId = _subject.TenantId(row),
            PreviousVariantKey = _previousVariant[row]!,
            NewVariantKey = _newVariant[row]!,
            ChangeReason = _changeReason[row]!,
            AssignmentPolicy = _assignmentPolicy.Read(row, ref unknown),
            UnknownValues = unknown,
        };
    }
}
