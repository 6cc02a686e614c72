//! The conformance suite: what every adapter of the control store must do. Feature `suite`, for tests only.
//!
//! An adapter's tests call [`conformance!`](crate::conformance) with a function that makes an empty store, and compare
//! random histories with the oracle through [`history`]. One file per trait; a case is a function that panics on
//! failure.

pub mod apps;
pub mod artifacts;
pub mod audit;
pub mod blocks;
pub mod connections;
pub mod custom_records;
pub mod district_settings;
pub mod districts;
pub mod events;
pub mod goals;
pub mod goals_audit;
pub mod history;
pub mod holds;
pub mod ids;
pub mod leases;
pub mod management_tokens;
pub mod objects;
pub mod people;
pub mod rehearsals;
pub mod runs;
pub mod sample;
pub mod settings;
pub mod snapshots;
pub mod watched;

/// Makes one test per case of the suite, each against a store of its own.
///
/// `$empty` names an `async fn() -> (G, Box<dyn Store>)`, where `G` is kept until the case is over (a temporary
/// folder, for instance).
#[macro_export]
macro_rules! conformance {
    ($empty:ident) => {
        $crate::conformance! { @modules $empty
            settings {
                the_first_value_stays,
                a_setting_can_be_replaced,
                keys_and_values_have_limits,
                everything_is_counted,
            }
            districts {
                an_added_district_is_found,
                an_id_is_taken_once,
                pages_ascend_and_meet,
                a_change_touches_only_its_fields,
                a_change_that_changes_nothing_is_not_counted,
                a_change_over_the_limits_is_refused_whole,
            }
            apps {
                an_app_is_found_by_id_and_client,
                ids_and_client_ids_are_unique,
                a_connected_app_is_not_removed,
            }
            connections {
                a_connection_begins_without_a_snapshot,
                a_token_leads_to_its_connection_only,
                both_sides_must_exist_and_meet_once,
                lists_have_their_order,
                a_view_moves_once_per_generation,
                a_repeated_move_is_no_conflict,
                a_view_needs_a_kept_snapshot_and_its_own_document,
                a_document_alone_can_move,
                revoking_forgets_the_token,
            }
            events {
                events_are_switched_per_connection,
                a_move_records_its_events_once,
                events_are_forgotten_by_age_and_with_their_connection,
            }
            goals {
                a_feed_is_switched_and_changed,
                a_feed_is_changed_by_compare_and_set,
                student_years_are_kept_and_read,
                many_student_years_are_read_like_few,
                school_years_do_not_meet,
                a_delivery_that_was_overtaken_changes_nothing,
                a_delivery_that_brings_nothing_new_moves_no_generation,
                a_delivery_changes_the_settings_of_its_feed,
                moves_of_a_feed_have_limits,
                deliveries_are_listed_newest_first,
                days_of_deliveries_are_those_that_report,
                the_log_of_deliveries_is_thinned,
                targets_are_added_by_compare_and_set,
                standings_are_kept_per_year,
                a_forgotten_feed_leaves_nothing,
            }
            goals_audit {
                a_change_and_its_entry_in_the_audit_are_one_step,
                a_feed_and_its_entry_in_the_audit_are_one_step,
            }
            people {
                people_keep_the_order_of_adding,
                an_id_is_taken_once_per_district,
                removed_people_are_gone,
            }
            ids {
                ranges_of_a_district_ascend_when_the_clock_steps_back,
                large_ranges_take_the_seconds_they_spill_into,
                a_fence_is_never_repeated_within_a_second,
                the_end_of_the_calendar_is_refused,
            }
            leases {
                one_holder_at_a_time,
                an_expired_lease_is_taken_over_and_lost,
                a_dead_holder_is_overtaken_by_name_of_its_fence,
                fences_rise_after_a_release,
                districts_do_not_share_leases,
            }
            runs {
                a_run_starts_under_the_newest_lease,
                a_run_ends_once,
                the_end_must_say_whether_it_published,
                the_stage_of_a_run_is_fenced,
                a_run_is_asked_to_stop,
                a_run_asked_to_stop_and_cut_short_was_cancelled,
                a_run_knows_what_it_repeats,
                the_end_of_a_run_changes_the_document,
                lists_are_newest_first_and_paged,
                runs_cut_short_are_closed,
                a_run_cut_short_after_its_publish_was_published,
            }
            snapshots {
                the_first_publish_moves_the_pointer,
                numbers_follow_each_other,
                an_overtaken_publish_changes_nothing,
                a_fenced_publish_changes_nothing,
                a_condemned_object_is_not_published,
                a_run_publishes_once_and_while_it_runs,
                a_publish_over_the_limits_changes_nothing,
                manifests_are_listed_over_districts,
                a_manifest_is_replaced_by_compare_and_set,
                needed_snapshots_are_not_forgotten,
                pins_keep_their_first_moment,
            }
            objects {
                what_kept_snapshots_name_is_listed_once,
                what_a_snapshot_names_is_not_condemned,
                a_pardon_comes_before_the_seizure,
                a_seizure_waits_for_its_day_and_can_be_repeated,
                only_seized_objects_are_forgotten,
                districts_share_objects,
            }
            artifacts {
                a_run_keeps_what_it_left,
                artifacts_that_contradict_are_refused,
                artifacts_are_fenced,
                what_an_artifact_names_is_kept,
                runs_cut_short_keep_their_artifacts,
            }
            holds {
                a_run_that_is_held_opens_a_hold,
                the_end_and_the_hold_must_agree,
                a_newer_hold_supersedes_the_one_that_waits,
                a_publish_closes_the_hold_it_makes_needless,
                an_approval_needs_its_hold,
                a_run_has_one_hold,
                a_fenced_end_changes_nothing,
                a_hold_is_closed_once,
                a_discarded_file_set_is_blocked_with_its_hold,
                holds_are_listed_newest_first,
            }
            blocks {
                a_file_set_is_blocked_once,
                blocks_are_listed_and_taken_away,
                a_publish_blocks_what_it_undoes,
            }
            rehearsals {
                a_rehearsal_points_to_its_newest_run,
                a_rehearsal_needs_a_run_and_can_be_dropped,
            }
            district_settings {
                settings_are_numbered,
                settings_are_replaced_by_compare_and_set,
                settings_of_a_district_have_limits,
            }
            custom_records {
                custom_records_are_listed_by_stem_and_key,
                a_custom_record_is_replaced_and_removed,
                custom_records_have_limits,
            }
            management_tokens {
                a_good_token_is_found_by_its_digest,
                a_revoked_token_is_good_for_nothing,
                tokens_are_unique,
                tokens_are_listed_as_they_were_made,
            }
            audit {
                entries_are_listed_newest_first,
                an_entry_is_added_once,
            }
        }
    };
    (@modules $empty:ident $($module:ident { $($case:ident,)+ })+) => {
        $($crate::conformance! { @module $empty $module $($case)+ })+
    };
    (@module $empty:ident $module:ident $($case:ident)+) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $case() {
                    let (_guard, store) = super::$empty().await;
                    $crate::suite::$module::$case(store.as_ref()).await;
                }
            )+
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_case_is_listed() {
        let list = include_str!("suite.rs");
        let cases = [
            include_str!("suite/apps.rs"),
            include_str!("suite/artifacts.rs"),
            include_str!("suite/audit.rs"),
            include_str!("suite/blocks.rs"),
            include_str!("suite/connections.rs"),
            include_str!("suite/custom_records.rs"),
            include_str!("suite/district_settings.rs"),
            include_str!("suite/districts.rs"),
            include_str!("suite/events.rs"),
            include_str!("suite/goals.rs"),
            include_str!("suite/goals_audit.rs"),
            include_str!("suite/holds.rs"),
            include_str!("suite/ids.rs"),
            include_str!("suite/leases.rs"),
            include_str!("suite/management_tokens.rs"),
            include_str!("suite/objects.rs"),
            include_str!("suite/people.rs"),
            include_str!("suite/rehearsals.rs"),
            include_str!("suite/runs.rs"),
            include_str!("suite/settings.rs"),
            include_str!("suite/snapshots.rs"),
        ];
        for case in cases
            .iter()
            .flat_map(|file| file.split("pub async fn ").skip(1))
        {
            let name = case.split('(').next().unwrap();
            assert!(list.contains(&format!(" {name},")), "{name} is not listed");
        }
    }
}
