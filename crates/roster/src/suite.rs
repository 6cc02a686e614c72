//! The conformance suite: what every adapter of the app roster must do. Feature `suite`, for tests only.
//!
//! An adapter's tests call [`conformance!`](crate::conformance) with a function that makes an empty roster and a way to speak SQL to
//! it as an application does, and run random histories through [`history`]. A case is a function that panics on failure.

pub mod accounts;
pub mod carry;
pub mod cells;
pub mod choices;
pub mod deliveries;
pub mod engine;
pub mod goals;
pub mod history;
pub mod links;
pub mod merges;
pub mod mirrors;
pub mod notes;
pub mod records;
pub mod roles;
pub mod sample;
pub mod seats;
pub mod switches;
pub mod ties;
pub mod timeline;
pub mod transactions;
pub mod undo;

/// Makes one test per case of the suite, each against a roster of its own.
///
/// `$empty` names a `fn() -> (G, sample::Subject)`, where `G` is kept until the case is over (a temporary folder, for instance).
#[macro_export]
macro_rules! conformance {
    ($empty:ident) => {
        $crate::conformance! { @modules $empty
            transactions {
                a_dropped_transaction_leaves_nothing,
                cursor_run_and_effects_move_together,
                a_late_writer_is_refused,
                a_plan_made_from_another_mirror_is_refused,
                a_record_that_does_not_fit_is_set_aside,
                districts_number_their_records_apart,
                ids_are_never_given_twice,
            }
            records {
                a_record_is_created_with_roles_and_link,
                natural_keys_are_unique,
                login_names_are_unique_in_the_app,
                fields_change_only_from_what_they_were,
                nothing_refers_to_another_district,
                what_is_referred_to_is_not_removed,
                a_removed_record_comes_back_whole,
            }
            links {
                a_local_record_is_linked_once,
                an_adopted_record_keeps_what_is_its_own,
                a_rekeyed_record_stays_and_keeps_the_old_id,
                a_rekey_can_go_back,
                two_present_ids_need_a_decision,
                hashes_leave_no_audit,
            }
            switches {
                two_switches_are_independent,
                what_is_gone_keeps_everything,
                archived_and_restored,
                sign_in_follows_both_switches,
            }
            roles {
                a_role_comes_and_goes_with_its_schools,
                schools_change_only_from_what_they_were,
            }
            seats {
                membership_follows_fact_and_wish,
                leaving_closes_and_never_erases,
                who_comes_and_goes_within_a_day_leaves_no_period,
                one_misfit_leaves_the_class_as_it_was,
                leavers_leave_the_groups_that_divide_the_class,
                the_past_can_be_read_by_day,
            }
            carry {
                what_the_app_keeps_of_a_class_goes_on_with_another,
            }
            ties {
                relationships_open_and_close,
                associations_are_of_my_students,
            }
            merges {
                a_merge_moves_everything_but_work,
                a_joint_account_signs_in_with_either_id,
                a_merge_is_taken_apart_after_more_work,
                a_split_takes_the_id_and_no_history,
                accounts_of_two_kinds_are_never_made_one,
                a_suspension_goes_along_and_comes_back,
            }
            cells {
                fillers_are_marked_and_replaced,
                overrides_say_how_long_they_hold,
                side_data_finds_its_person_and_survives_a_rekey,
            }
            notes {
                a_finding_is_one_however_often_it_is_met,
                a_rejected_suggestion_stays_rejected,
                conflicts_staged_records_and_crosswalks,
            }
            engine {
                runs_begin_end_and_are_abandoned,
                approvals_bind_to_a_plan_that_waits,
                approvals_end_with_what_they_were_for,
                a_hold_is_renewed_and_keeps_its_discussion,
                connections_of_districts_touch_no_account,
            }
            mirrors {
                mirrors_follow_each_other,
                a_lease_has_one_holder,
                a_run_under_way_tells_how_far_it_is,
            }
            accounts {
                a_notice_is_raised_once,
                the_app_says_what_its_accounts_may_do,
                cells_are_found_by_their_record,
                a_review_is_about_one_absence,
            }
            goals {
                the_ledger_counts_an_activity_once,
                an_app_writes_the_ledger_itself,
                sums_are_of_a_time_and_a_district,
                who_is_reported_follows_the_account,
            }
            deliveries {
                what_was_sent_is_kept_taken_or_not,
                what_a_delivery_acknowledges_is_kept_with_it,
                one_sends_for_a_district_at_a_time,
                whoever_waits_keeps_since_when,
                a_correction_is_allowed_once_and_told_once,
            }
            timeline {
                who_reads_a_timeline_is_noted_for_ever,
                what_happened_to_somebody_is_found_wherever_it_stands,
                a_history_tells_of_nobody_else_on_the_roster,
                own_names_are_told,
                the_newest_changes_come_page_by_page,
            }
            choices {
                powers_follow_the_policy,
                profiles_are_what_people_choose,
                a_person_is_told_until_it_is_over,
                side_data_says_whom_it_means,
            }
            undo {
                every_action_is_undone_and_done_again,
                what_somebody_changed_since_is_kept,
                the_audit_names_every_change_and_is_only_added_to,
                what_the_app_changes_is_audited_too,
                a_run_is_read_backwards,
            }
        }
    };
    (@modules $empty:ident $($module:ident { $($case:ident,)+ })+) => { $(
        mod $module {
            $(
                #[test]
                fn $case() {
                    let (_kept, subject) = super::$empty();
                    $crate::suite::$module::$case(&subject);
                }
            )+
        }
    )+ };
}
